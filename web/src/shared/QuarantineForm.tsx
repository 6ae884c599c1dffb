// Form that adds one case to the quarantine.

import './form.css';
import { useState } from 'preact/hooks';
import { enter_quarantine, type CaseKey } from '../api';
import { useAction } from './action';
import { Line } from './fields';
import { ActionError } from './states';

interface QuarantineFormProps {
  readonly project: string;
  readonly of: CaseKey;
  readonly on_done: () => void;
}

export function QuarantineForm({ project, of, on_done }: QuarantineFormProps) {
  const [reason, set_reason] = useState('');
  const [owner, set_owner] = useState('');
  const [expiry, set_expiry] = useState('');
  const action = useAction();
  const enter = () =>
    action.run(
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
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Line
          label="Reason"
          value={reason}
          placeholder="why its timing is unreliable"
          on_change={set_reason}
        />
        <Line label="Owner" value={owner} placeholder="person or team" on_change={set_owner} />
        <Line label="Expires" value={expiry} placeholder="2027-03-31, or empty" on_change={set_expiry} />
        <p class="form-buttons">
          <button
            class="button"
            type="button"
            disabled={action.busy || reason.trim() === '' || owner.trim() === ''}
            onClick={enter}
          >
            Add to quarantine
          </button>
        </p>
      </form>
      <ActionError action={action} />
    </>
  );
}
