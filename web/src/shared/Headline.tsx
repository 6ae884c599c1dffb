import './Headline.css';
import { Age } from './labels';
import { Sign } from './chips';
import type { Health } from './health';

interface HeadlineProps {
  /** prefix of the title, for example the project's name */
  readonly title?: string;
  readonly health: Health;
  readonly newest_run_at: string | null;
}

/** The state of one or more projects in one line, followed by details. */
export function Headline({ title, health, newest_run_at }: HeadlineProps) {
  const { level, text, facts } = health;
  return (
    <section class={`headline headline-${level}`} aria-label="Status">
      <span class="headline-sign">
        <Sign tone={level} size={26} />
      </span>
      <div>
        <h1>{title === undefined ? text : `${title}: ${text}`}</h1>
        <p>
          {facts.map((fact) => (
            <span key={fact} class="fact">
              {fact}
            </span>
          ))}
          <span class="fact">
            newest run <Age at={newest_run_at} />
          </span>
        </p>
      </div>
    </section>
  );
}
