"""What screens look at in an open engagement: its parts, and how far they are; see `terms` for what lists need."""

from pcsm_tui.domain.declarations import Phase as Phase
from pcsm_tui.domain.declarations import Tool as Tool
from pcsm_tui.domain.engagement import Engagement as Engagement
from pcsm_tui.domain.engagement import Row as Row
from pcsm_tui.domain.values import is_empty as is_empty
from pcsm_tui.domain.values import references_of as references_of
from pcsm_tui.insight.progress import activities_of as activities_of
from pcsm_tui.insight.progress import findings as findings
from pcsm_tui.insight.progress import phase_gaps as phase_gaps
from pcsm_tui.insight.progress import phase_progress as phase_progress
from pcsm_tui.insight.progress import tool_sentence as tool_sentence
