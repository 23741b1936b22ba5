"""Call reports: statistics that the PBX makes itself, once or on a schedule, as files."""

from providers.portsip.reports.answers import CompletedReport, Report, ReportLine
from providers.portsip.reports.changes import ReportChanges
from providers.portsip.reports.client import Reports
from providers.portsip.reports.orders import BadOrder, ReportOrder, read_filter_values
from providers.portsip.reports.types import CUSTOM, FORMATS, RANGES, REPORT_TYPES, FilterField

__all__ = [
    "CUSTOM",
    "FORMATS",
    "RANGES",
    "REPORT_TYPES",
    "BadOrder",
    "CompletedReport",
    "FilterField",
    "Report",
    "ReportChanges",
    "ReportLine",
    "ReportOrder",
    "Reports",
    "read_filter_values",
]
