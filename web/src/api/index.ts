// The API client and its types.

export * from './client';
export * from './corrections';
export { ApiError } from './problem';
export { read_token, save_token } from './token';
export type {
  AuditEntry,
  CaseKey,
  CaseStatus,
  ComparedSeries,
  Comparison,
  DryRun,
  DryRunFinding,
  DryRunTally,
  FindingState,
  Judgement,
  CommonShift,
  PoliciesInForce,
  PolicyVersion,
  Project,
  ProjectStatus,
  ProjectSummary,
  Quarantine,
  Regression,
  RegressionDetail,
  RegressionGroup,
  Run,
  RunCase,
  RunDetail,
  RunPoint,
  Series,
  SeriesKey,
  Trend,
  Verdict,
  Accuracy,
} from './schema';
