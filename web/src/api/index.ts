// What the pages may know of the server.

export * from './client';
export { ApiError } from './problem';
export { read_token, save_token } from './token';
export type {
  CaseKey,
  CaseStatus,
  FindingState,
  Project,
  ProjectStatus,
  Regression,
  Run,
  RunCase,
  RunDetail,
  RunPoint,
  Series,
  SeriesKey,
  Trend,
  Verdict,
} from './schema';
