import { useTitle } from '../../routing/location';

export function NotFound({ path }: { path: string }) {
  useTitle('Not found');
  return (
    <section class="card not-found">
      <h1>There is no such page</h1>
      <p>
        <code>{path}</code> leads nowhere. Projects live at <code>/p/NAME</code>.
      </p>
      <p>
        <a class="button primary" href="/">
          All projects
        </a>
      </p>
    </section>
  );
}
