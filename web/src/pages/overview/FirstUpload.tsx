// An empty server: how the first run comes in.

import { read_token } from '../../api';

export function FirstUpload() {
  const auth = read_token() === '' ? '' : ' -H "Authorization: Bearer $PERFTREND_TOKEN"';
  const url = `${location.origin}/api/v1/projects/my-project/runs`;
  const line = `curl${auth} --data-binary @junit.xml "${url}?branch=main&commit=$(git rev-parse HEAD)&testbed=$(hostname)"`;
  return (
    <section class="card first-upload">
      <h1>Nothing measured yet</h1>
      <p>
        perftrend keeps the times your tests report, night by night, and says when they move. Send it the
        JUnit file any test tool writes; the project is made by its first upload.
      </p>
      <pre tabIndex={0}>
        <code>{line}</code>
      </pre>
      <p>Or measure the shipped scenario here and upload it in one go:</p>
      <pre tabIndex={0}>
        <code>{`perftrend-runner run runner/scenarios/batch_prefill.toml --upload ${location.origin}`}</code>
      </pre>
      <p class="muted">
        After eight runs of the same series each new one is judged against its rolling baseline. This page
        looks again every minute.
      </p>
    </section>
  );
}
