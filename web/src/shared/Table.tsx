import './Table.css';
import type { ComponentChildren } from 'preact';

interface TableProps {
  /** accessible name */
  readonly label: string;
  /** extra CSS class of the box */
  readonly kind?: string;
  readonly children: ComponentChildren;
}

/** A table that scrolls sideways in its own box, so that the page never does. */
export function Table({ label, kind = '', children }: TableProps) {
  return (
    <div class={`table-box ${kind}`} role="region" aria-label={label} tabIndex={0}>
      <table>{children}</table>
    </div>
  );
}
