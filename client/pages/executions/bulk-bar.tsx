/** What can be done with chosen executions. A viewer has no boxes, so no bar ever opens for them. */
import { Button } from '../../components/button/button.tsx';
import { Menu, MenuItem } from '../../components/menu/menu.tsx';
import { BulkBar } from '../../components/table/bulk-bar.tsx';
import { readOnlyReason, type Place } from '../page.ts';

export function ExecutionBulkBar({ place }: { readonly place: Place }) {
  const reason = readOnlyReason(place);
  return (
    <BulkBar what="executions">
      <Button size="small" icon="restore" action="bulk" value="restart" disabled={reason}>Restart</Button>
      <Button size="small" icon="replay" action="bulk" value="replay" disabled={reason}>Replay</Button>
      <Button size="small" icon="check" action="bulk" value="change-status" disabled={reason} wide>Change state</Button>
      <Button size="small" icon="stop" action="bulk" value="kill" disabled={reason}>Kill</Button>
      <Button size="small" kind="danger" icon="trash" action="bulk" value="delete" disabled={reason}>Delete</Button>
      <Menu id="bulk-more" title="More for the selected" small>
        <MenuItem icon="tag" action="bulk" value="labels" disabled={reason}>Set labels…</MenuItem>
        <MenuItem icon="check" action="bulk" value="change-status" disabled={reason}>Change state…</MenuItem>
        <MenuItem icon="play" action="bulk" value="resume" disabled={reason}>Resume</MenuItem>
        <MenuItem icon="pause" action="bulk" value="pause" disabled={reason}>Pause</MenuItem>
        <MenuItem icon="step-forward" action="bulk" value="unqueue" disabled={reason}>Unqueue</MenuItem>
        <MenuItem icon="play-fill" action="bulk" value="force-run" disabled={reason}>Force run…</MenuItem>
      </Menu>
    </BulkBar>
  );
}
