// Formats times and durations. All times are UTC because teams compare them across time zones. Pure.

const minute_ms = 60_000;
const hour_ms = 60 * minute_ms;
const day_ms = 24 * hour_ms;

/** "just now", "12 min ago", "5 h ago", "3 d ago"; a time in the future gives "in 5 min". */
export function format_age(at_ms: number, now_ms: number): string {
  const elapsed_ms = now_ms - at_ms;
  if (!Number.isFinite(elapsed_ms)) return 'unknown';
  const duration = format_duration(Math.abs(elapsed_ms) / 1000);
  if (Math.abs(elapsed_ms) < minute_ms) return 'just now';
  return elapsed_ms < 0 ? `in ${duration}` : `${duration} ago`;
}

/** A duration in its largest suitable unit: "40 s", "12 min", "5 h", "3 d", "6 wk", "14 mo". */
export function format_duration(seconds: number): string {
  const ms = seconds * 1000;
  if (ms < minute_ms) return `${Math.round(seconds)} s`;
  if (ms < hour_ms) return `${Math.floor(ms / minute_ms)} min`;
  if (ms < 2 * day_ms) return `${Math.floor(ms / hour_ms)} h`;
  if (ms < 21 * day_ms) return `${Math.floor(ms / day_ms)} d`;
  if (ms < 90 * day_ms) return `${Math.floor(ms / (7 * day_ms))} wk`;
  return `${Math.floor(ms / (30.44 * day_ms))} mo`;
}

function iso(at_ms: number): string | undefined {
  const date = new Date(at_ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** "2026-11-23 02:00 UTC" */
export function format_time(at_ms: number): string {
  const text = iso(at_ms);
  return text === undefined ? 'unknown time' : `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
}

/** "2026-11-23 02:00:00.123456Z" for microseconds since the epoch; "" for an invalid time. */
export function format_timestamp_us(at_us: number): string {
  const text = iso(at_us / 1000);
  return text === undefined ? '' : text.replace('.000Z', 'Z');
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** Label of a tick on a time axis. Its precision follows the distance of the ticks. */
export function format_time_tick(at_ms: number, step_seconds: number): string {
  const date = new Date(at_ms);
  const month = months[date.getUTCMonth()] ?? '';
  const year = date.getUTCFullYear();
  if (step_seconds >= 364 * 86_400) return `${year}`;
  if (step_seconds >= 27 * 86_400) return date.getUTCMonth() === 0 ? `${year}` : month;
  if (step_seconds >= 86_400) return `${date.getUTCDate()} ${month}`;
  const clock = `${String(date.getUTCHours()).padStart(2, '0')}:${String(date.getUTCMinutes()).padStart(2, '0')}`;
  if (step_seconds >= 60) return clock === '00:00' ? `${date.getUTCDate()} ${month}` : clock;
  return `${clock}:${String(date.getUTCSeconds()).padStart(2, '0')}`;
}
