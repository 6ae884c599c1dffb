// Shows the page that the address names.

import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from './routing/location';
import { NotFound } from './pages/not_found/NotFound';
import { Overview } from './pages/overview/Overview';
import { Frame } from './shared/Frame';
import { PoliciesPage } from './pages/policies/Policies';
import { Project } from './pages/project/Project';
import { QuarantinePage } from './pages/quarantine/Quarantine';
import { RegressionPage } from './pages/regression/Regression';
import { Regressions } from './pages/regressions/Regressions';
import { read_path, type Page } from './routing/route';
import { RunPage } from './pages/run/Run';
import { Runs } from './pages/runs/Runs';
import { Trends } from './pages/trends/Trends';
import { AccuracyPage } from './pages/accuracy/Accuracy';
import { ComparePage } from './pages/compare/Compare';
import { SettingsPage } from './pages/settings/Settings';

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
      return <AccuracyPage project={page.project} />;
    case 'compare':
      return <ComparePage project={page.project} />;
    case 'settings':
      return <SettingsPage project={page.project} />;
    case 'unknown':
      return <NotFound path={path} />;
  }
}

export function App() {
  const { path } = useLocation();
  const page = read_path(path);
  const is_first = useRef(true);
  useEffect(() => {
    // Moves keyboard focus to the new page. The browser does this for the first one.
    if (!is_first.current) document.getElementById('main')?.focus({ preventScroll: true });
    is_first.current = false;
  }, [path]);
  return (
    <Frame page={page}>
      <div key={path}>{page_of(page, path)}</div>
    </Frame>
  );
}
