// A few series as tiles: name, sparkline, last value.

import './SeriesTiles.css';

import type { Series } from '../../api';
import { Sparkline } from '../../charts/Sparkline';
import { series_learning } from '../../format/judgement';
import { case_full_name, case_label } from '../../format/name';
import { make_scale, format_quantity } from '../../format/quantity';
import { series_path } from '../../routing/route';
import { Sign } from '../../shared/chips';

export function SeriesTiles({ project, series }: { project: string; series: readonly Series[] }) {
  return (
    <ul class="tiles">
      {series.map((of) => {
        const scale = make_scale(of.unit, of.sparkline.length > 0 ? of.sparkline : [of.last_value]);
        const learning = series_learning(of);
        const bad = of.open_regression !== null;
        return (
          <li key={of.id}>
            <a
              class={`tile ${bad ? 'tile-bad' : ''}`}
              href={series_path(project, [of.id])}
              title={case_full_name(of.case)}
            >
              <span class="tile-name">
                {bad && <Sign tone="bad" />}
                <b>{case_label(of.case)}</b> <code class="metric">{of.metric}</code>
              </span>
              <Sparkline values={of.sparkline} tone={bad ? 'bad' : 'plain'} />
              {learning !== undefined && <span class="muted">{learning}</span>}
              <span class={`tile-value ${of.last_suspect ? 'muted' : ''}`}>
                {format_quantity(of.last_value, scale)}
              </span>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
