// The overview of an empty server: how to upload the first run.

import './FirstUpload.css';
import { read_token } from '../../api';

export function FirstUpload() {
  const auth = read_token() === '' ? '' : ' -H "Authorization: Bearer $PERFTREND_TOKEN"';
  const url = `${location.origin}/api/v1/projects/my-project/runs`;
  const line = `curl${auth} --data-binary @junit.xml "${url}?branch=main&commit=$(git rev-parse HEAD)&testbed=$(hostname)"`;
  return (
    <section class="card first-upload">
      <h1>No runs yet</h1>
      <p>
        perftrend stores the times that your tests report and shows when they change. Upload a JUnit file from
        any test tool. The first upload creates the project:
      </p>
      <pre tabIndex={0}>
        <code>{line}</code>
      </pre>
      <p>Or measure the example scenario and upload its report in one command:</p>
      <pre tabIndex={0}>
        <code>{`RUN_PERF_TESTS=1 perftrend-runner run runner/scenarios/batch_prefill.toml --upload ${location.origin}`}</code>
      </pre>
      <p class="muted">
        A series needs eight runs for its first baseline. Every later run is judged against it. This page
        refreshes every minute.
      </p>
    </section>
  );
}
