"""The terms in which screens speak of data, as far as lists need them: light, for the first paint.

Screens reach data through the workspace only; what they need of the rooms below is offered here and in `looking`.
"""

from pcsm_tui.domain.dates import read_date as read_date
from pcsm_tui.domain.dates import short_date as short_date
from pcsm_tui.domain.safe_text import safe_text as safe_text
from pcsm_tui.domain.summaries import Place as Place
from pcsm_tui.domain.summaries import Signal as Signal
from pcsm_tui.domain.summaries import Summary as Summary
from pcsm_tui.store.index import MOST_HITS as MOST_HITS
from pcsm_tui.store.index import Hit as Hit
