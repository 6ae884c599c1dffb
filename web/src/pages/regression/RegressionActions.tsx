// What a person can do with a regression: acknowledge, assign, comment, dismiss, reopen.

import '../../shared/form.css';
import { useState } from 'preact/hooks';
import { post_regression_action, type RegressionAction, type RegressionDetail } from '../../api';
import { useAction } from '../../shared/action';
import { Area, Line, Select } from '../../shared/fields';
import { ActionError } from '../../shared/states';

const reasons = [
  { value: 'false_alarm', text: 'false alarm' },
  { value: 'expected', text: 'expected change' },
  { value: 'wont_fix', text: "won't fix" },
  { value: 'duplicate', text: 'duplicate' },
  { value: 'other', text: 'other' },
] as const;
type Reason = (typeof reasons)[number]['value'];

interface ButtonProps {
  readonly busy: boolean;
  readonly send: (action: RegressionAction) => void;
}

function Dismiss({ busy, send }: ButtonProps) {
  const [reason, set_reason] = useState<Reason>('false_alarm');
  return (
    <p class="form-buttons">
      <Select
        label="Dismiss as"
        value={reason}
        choices={reasons}
        on_change={(value) => set_reason(reasons.find((known) => known.value === value)?.value ?? 'other')}
      />
      <button
        class="button"
        type="button"
        disabled={busy}
        onClick={() => send({ action: 'dismiss', reason })}
      >
        Dismiss
      </button>
    </p>
  );
}

interface MainButtonsProps extends ButtonProps {
  readonly of: RegressionDetail;
  readonly assignee: string;
  readonly can_comment: boolean;
}

function MainButtons({ of, busy, send, assignee, can_comment }: MainButtonsProps) {
  const open = ['suspected', 'confirmed', 'acknowledged'].includes(of.state);
  const can_assign = assignee !== of.assignee;
  return (
    <p class="form-buttons">
      {open && of.state !== 'acknowledged' && (
        <button
          class="button primary"
          type="button"
          disabled={busy}
          onClick={() => send({ action: 'acknowledge', assignee })}
        >
          Acknowledge
        </button>
      )}
      {!open && (
        <button
          class="button primary"
          type="button"
          disabled={busy}
          onClick={() => send({ action: 'reopen' })}
        >
          Reopen
        </button>
      )}
      <button
        class="button"
        type="button"
        disabled={busy || !can_assign}
        onClick={() => send({ action: 'assign', assignee })}
      >
        Assign
      </button>
      <button
        class="button"
        type="button"
        disabled={busy || !can_comment}
        onClick={() => send({ action: 'comment' })}
      >
        Comment
      </button>
    </p>
  );
}

interface RegressionActionsProps {
  readonly project: string;
  readonly of: RegressionDetail;
  readonly on_done: () => void;
}

export function RegressionActions({ project, of, on_done }: RegressionActionsProps) {
  const [note, set_note] = useState('');
  const [link, set_link] = useState('');
  const [assignee, set_assignee] = useState(of.assignee);
  const [whole_group, set_whole_group] = useState(false);
  const action = useAction();
  const send = (body: RegressionAction) =>
    action.run(
      (signal) => post_regression_action(project, of.id, { note, link, whole_group, ...body }, signal),
      () => {
        set_note('');
        set_link('');
        on_done();
      },
    );
  return (
    <>
      <form class="form" onSubmit={(event) => event.preventDefault()}>
        <Area label="Note" value={note} on_change={set_note} />
        <Line label="Link" value={link} placeholder="https://…" on_change={set_link} />
        <Line label="Assignee" value={assignee} placeholder="unassigned" on_change={set_assignee} />
        {of.group.length > 1 && (
          <label class="check">
            <input
              type="checkbox"
              checked={whole_group}
              onChange={(event) => set_whole_group(event.currentTarget.checked)}
            />{' '}
            apply to all {of.group.length} findings of this commit range
          </label>
        )}
        <MainButtons
          of={of}
          busy={action.busy}
          send={send}
          assignee={assignee}
          can_comment={note !== '' || link !== ''}
        />
        {of.state !== 'dismissed' && <Dismiss busy={action.busy} send={send} />}
      </form>
      <ActionError action={action} />
    </>
  );
}
