"""What the screen of the plan looks at; see `looking` for the parts of an engagement."""

from pcsm_tui.domain.plan import PlanTask as PlanTask
from pcsm_tui.domain.plan import show_link as show_link
from pcsm_tui.insight.plan_chains import chain as chain
from pcsm_tui.insight.plan_chains import critical_page as critical_page
from pcsm_tui.insight.plan_outlook import forecast_sentences as forecast_sentences
from pcsm_tui.insight.plan_outlook import move_sentences as move_sentences
from pcsm_tui.insight.plan_outlook import performance_sentences as performance_sentences
from pcsm_tui.insight.plan_outlook import variance_sentence as variance_sentence
from pcsm_tui.insight.plan_reasons import why as why
from pcsm_tui.schedule.baselines import Baseline as Baseline
from pcsm_tui.schedule.baselines import baselines_of as baselines_of
from pcsm_tui.schedule.baselines import chosen_baseline as chosen_baseline
from pcsm_tui.schedule.baselines import variances as variances
from pcsm_tui.schedule.earned_schedule import performance as performance
from pcsm_tui.schedule.paths import edges_around as edges_around
from pcsm_tui.schedule.paths import followers as followers
from pcsm_tui.schedule.paths import links_into as links_into
from pcsm_tui.schedule.plan import TASKS as TASKS
from pcsm_tui.schedule.plan import Plan as Plan
from pcsm_tui.schedule.plan import plan_of as plan_of
from pcsm_tui.schedule.rules import last_day as last_day
from pcsm_tui.schedule.simulation import Forecast as Forecast
from pcsm_tui.schedule.simulation import simulate as simulate
