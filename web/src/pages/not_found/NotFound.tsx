import './NotFound.css';
import { usePageTitle } from '../../routing/location';

export function NotFound({ path }: { path: string }) {
  usePageTitle('Not found');
  return (
    <section class="card not-found">
      <h1>Page not found</h1>
      <p>
        No page exists at <code>{path}</code>. The page of a project is <code>/p/NAME</code>.
      </p>
      <p>
        <a class="button primary" href="/">
          All projects
        </a>
      </p>
    </section>
  );
}
