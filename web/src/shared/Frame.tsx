// Header, navigation and footer of every page.

import './Frame.css';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { watch_theme } from '../charts/palette';
import {
  compare_path,
  policies_path,
  project_path,
  quarantine_path,
  regressions_path,
  runs_path,
  trends_path,
  accuracy_path,
  settings_path,
  type Page,
} from '../routing/route';
import { Message } from './message';
import { select_theme, current_theme } from './theme';

function ThemeButton() {
  const [theme, set_theme] = useState(current_theme);
  const other = theme === 'dark' ? 'light' : 'dark';
  useEffect(() => watch_theme(() => set_theme(current_theme())), []);
  return (
    <button
      class="icon-button"
      type="button"
      onClick={() => select_theme(other)}
      aria-label={`Switch to the ${other} theme`}
      title={`Switch to the ${other} theme`}
    >
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.2" fill="none" stroke="currentColor" stroke-width="1.5" />
        <path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor" />
      </svg>
    </button>
  );
}

interface Tab {
  readonly kind: Page['kind'];
  readonly href: string;
  readonly text: string;
}

function Tabs({ page }: { page: Page & { project: string } }) {
  const { project } = page;
  const tabs: Tab[] = [
    { kind: 'project', href: project_path(project), text: 'Series' },
    { kind: 'trends', href: trends_path(project), text: 'Trends' },
    { kind: 'runs', href: runs_path(project), text: 'Runs' },
    { kind: 'compare', href: compare_path(project), text: 'Compare' },
    { kind: 'regressions', href: regressions_path(project), text: 'Regressions' },
    { kind: 'quarantine', href: quarantine_path(project), text: 'Quarantine' },
    { kind: 'policies', href: policies_path(project), text: 'Policies' },
    { kind: 'accuracy', href: accuracy_path(project), text: 'Accuracy' },
    { kind: 'settings', href: settings_path(project), text: 'Settings' },
  ];
  const open = page.kind === 'run' ? 'runs' : page.kind === 'regression' ? 'regressions' : page.kind;
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    // In a narrow window the open tab may be scrolled out of view.
    const tab = nav.current?.querySelector('[aria-current]');
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [open]);
  return (
    <nav class="tabs" ref={nav} aria-label={`Pages of ${project}`}>
      {tabs.map(({ kind, href, text }) => (
        <a key={kind} href={href} {...(kind === open ? { 'aria-current': 'page' as const } : {})}>
          {text}
        </a>
      ))}
    </nav>
  );
}

export function Frame({ page, children }: { page: Page; children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="top">
        <div class="top-row">
          <a class="brand" href="/">
            <svg width="22" height="22" viewBox="0 0 32 32" aria-hidden="true">
              <rect width="32" height="32" rx="7" class="brand-tile" />
              <path d="M5 20h5l3-3 4 2 3-1" class="brand-line" />
              <path d="M20 18V9h7" class="brand-step" />
            </svg>
            perftrend
          </a>
          {'project' in page && (
            <>
              <span class="crumb" aria-hidden="true">
                /
              </span>
              <a class="crumb-project" href={project_path(page.project)}>
                {page.project}
              </a>
              <Tabs page={page} />
            </>
          )}
          <span class="top-space" />
          <ThemeButton />
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        <Message />
        {children}
      </main>
      <footer class="foot">
        <span>All times are UTC.</span>
        <a href="/api/v1/openapi.yaml">REST API (OpenAPI)</a>
      </footer>
    </>
  );
}
