// From address to page.

import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from './location';
import { NotFound } from './NotFound';
import { Overview } from './Overview';
import { Frame } from './parts/Frame';
import { PoliciesPage } from './Policies';
import { Project } from './Project';
import { QuarantinePage } from './Quarantine';
import { RegressionPage } from './Regression';
import { Regressions } from './Regressions';
import { read_path, type Page } from './route';
import { RunPage } from './Run';
import { Runs } from './Runs';
import { Trends } from './Trends';
import { WatchPage } from './Accuracy';

function page_of(page: Page, path: string) {
  switch (page.kind) {
    case 'overview':
      return <Overview />;
    case 'project':
      return <Project project={page.project} />;
    case 'trends':
      return <Trends project={page.project} />;
    case 'runs':
      return <Runs project={page.project} />;
    case 'run':
      return <RunPage project={page.project} id={page.run} />;
    case 'regressions':
      return <Regressions project={page.project} />;
    case 'regression':
      return <RegressionPage project={page.project} id={page.regression} />;
    case 'quarantine':
      return <QuarantinePage project={page.project} />;
    case 'policies':
      return <PoliciesPage project={page.project} />;
    case 'accuracy':
      return <WatchPage project={page.project} />;
    case 'unknown':
      return <NotFound path={path} />;
  }
}

export function App() {
  const { path } = useLocation();
  const page = read_path(path);
  const first = useRef(true);
  useEffect(() => {
    // A new page begins at its top for the keyboard too; the first one is the browser's business.
    if (!first.current) document.getElementById('main')?.focus({ preventScroll: true });
    first.current = false;
  }, [path]);
  return (
    <Frame page={page}>
      <div key={path}>{page_of(page, path)}</div>
    </Frame>
  );
}
