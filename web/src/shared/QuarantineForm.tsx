// Putting a case into quarantine by hand.

import { useState } from 'preact/hooks';
import { enter_quarantine, type CaseKey } from '../api';
import { useAct } from './action';
import { Line } from './fields';
import { Refused } from './states';

interface EnterQuarantineProps {
  readonly project: string;
  readonly of: CaseKey;
  readonly on_done: () => void;
}

export function EnterQuarantine({ project, of, on_done }: EnterQuarantineProps) {
  const [reason, set_reason] = useState('');
  const [owner, set_owner] = useState('');
  const [expiry, set_expiry] = useState('');
  const act = useAct();
  const enter = () =>
    act.run(
      (signal) =>
        enter_quarantine(
          project,
          { case: of, reason, owner, ...(expiry === '' ? {} : { expires_at: expiry }) },
          signal,
        ),
      () => {
        set_reason('');
        on_done();
      },
    );
  return (
    <>
      <form class="steps" onSubmit={(event) => event.preventDefault()}>
        <Line label="Why quarantine" value={reason} placeholder="why" on_change={set_reason} />
        <Line label="Owner" value={owner} placeholder="who looks after it" on_change={set_owner} />
        <Line label="Until" value={expiry} placeholder="2027-03-31, or empty" on_change={set_expiry} />
        <p class="step-buttons">
          <button
            class="button"
            type="button"
            disabled={act.busy || reason.trim() === '' || owner.trim() === ''}
            onClick={enter}
          >
            Put it in quarantine
          </button>
        </p>
      </form>
      <Refused act={act} />
    </>
  );
}
