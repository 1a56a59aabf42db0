import { Alert, Button, Progress } from '@mantine/core'
import { IconRefresh } from '@tabler/icons-react'

import { isScanning } from '../api/queries'
import { useStartScan } from '../api/scans'
import type { Scan } from '../api/shapes'
import { ago, date, seconds } from '../human'
import { messages } from '../messages'
import { For } from './For'
import { ProblemAlert } from './ProblemAlert'
import classes from './ScanStatus.module.css'

/** What the last scan does or did; undefined until the server has told, null before the first. */
export function ScanStatus({ scan }: { scan: Scan | null | undefined }) {
  const start = useStartScan()
  return (
    <section className={classes.status} aria-label={messages.scan.label}>
      <div className={classes.line}>
        {scan !== undefined && <Sentence scan={scan} />}
        <For role="editor">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRefresh size={15} stroke={1.8} />}
            loading={start.isPending}
            disabled={isScanning(scan)}
            onClick={() => start.mutate({})}
          >
            {messages.scan.now}
          </Button>
        </For>
      </div>
      {isScanning(scan) && scan && <ScanBar scan={scan} />}
      {scan?.state === 'failed' && (
        <Alert className={classes.alert} color="red" title={messages.scan.failed}>
          {scan.error}
        </Alert>
      )}
      {start.error && <ProblemAlert error={start.error} onRetry={() => start.mutate({})} />}
    </section>
  )
}

/** Numbers that change each second are no news to a screen reader: it hears of states alone. */
function Sentence({ scan }: { scan: Scan | null }) {
  const ended = scan?.finished_at ?? scan?.started_at // a scan that was killed may not say when
  const finished = ended && !isScanning(scan) ? seconds(ended) : null
  return (
    <p className={classes.sentence} title={finished === null ? undefined : date(finished)}>
      <span aria-hidden={isScanning(scan)}>{describe(scan, finished)}</span>
      <span className={classes.spoken} role="status">
        {isScanning(scan) && messages.scan.running}
      </span>
    </p>
  )
}

function describe(scan: Scan | null, finished: number | null): string {
  const when = finished === null ? '' : ago(finished)
  switch (scan?.state) {
    case undefined:
      return messages.scan.never
    case 'queued':
      return messages.scan.queued
    case 'running':
      return scan.to_read > 0
        ? messages.scan.reading(scan.read, scan.to_read)
        : messages.scan.looking(scan.seen)
    case 'done':
      return messages.scan.done(when)
    case 'failed':
      return messages.scan.failedWhen(when)
    case 'interrupted':
      return messages.scan.interrupted(when)
  }
}

/** How far a scan is, as a line at the foot of what it stands in. */
export function ScanBar({ scan }: { scan: Scan }) {
  const known = scan.to_read > 0
  return (
    <Progress.Root className={classes.bar} size={3} radius={0}>
      <Progress.Section
        value={known ? Math.round((100 * scan.read) / scan.to_read) : 100}
        animated={!known}
        aria-label={messages.scan.label}
      />
    </Progress.Root>
  )
}
