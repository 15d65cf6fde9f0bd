/** The badge that tells whether what is seen is live: word, icon and number, always. */
import type { ConnectionStatus } from '../../connection/status.ts';
import { statusWords } from '../../connection/status.ts';
import type { IconName } from '../../theme/icons.ts';
import { Icon } from '../icon/icon.tsx';

const icons: Readonly<Record<ConnectionStatus['state'], IconName>> = { connecting: 'catching-up', live: 'live', 'catching-up': 'catching-up', offline: 'offline' };

export function ConnectionBadge({ status, nowMs }: { readonly status: ConnectionStatus; readonly nowMs: number }) {
  const { word, figure, title } = statusWords(status, nowMs);
  return (
    <button type="button" class="connection" data-connection={status.state} data-action="connection" title={title}>
      <Icon name={icons[status.state]} /><span class="word">{word}</span>{figure === '' ? null : <span class="lag">{figure}</span>}
    </button>
  );
}
