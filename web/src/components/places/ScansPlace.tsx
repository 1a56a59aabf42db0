import { Button } from '@mantine/core'

import { isScanning, useLibraries } from '../../api/queries'
import { useScans, useStartScan } from '../../api/scans'
import type { Scan } from '../../api/shapes'
import { ago, count, date, lasted, seconds } from '../../human'
import { messages } from '../../messages'
import { Answer } from '../Answer'
import { For } from '../For'
import { Notice } from '../Notice'
import { ProblemAlert } from '../ProblemAlert'
import { ScanBar } from '../ScanStatus'
import classes from './places.module.css'
import own from './ScansPlace.module.css'

const texts = messages.scans
const COUNTS = Object.keys(texts.counts) as (keyof typeof texts.counts)[]

/** What scans have found and met, the newest first, and the way to another one. */
export default function ScansPlace() {
  const scans = useScans()
  const running = scans.data?.some(isScanning) ?? false
  const libraries = useLibraries(running)
  const start = useStartScan()
  const names = new Map(libraries.data?.map(({ id, name }) => [id, name]))
  return (
    <div className={classes.stack}>
      <For role="editor">
        <div className={classes.buttons}>
          <Button loading={start.isPending} onClick={() => start.mutate({})}>
            {texts.all}
          </Button>
          {names.size > 1 &&
            [...names].map(([library, name]) => (
              <Button key={library} variant="default" onClick={() => start.mutate({ library })}>
                {texts.one(name)}
              </Button>
            ))}
        </div>
      </For>
      {start.error && <ProblemAlert error={start.error} onRetry={start.reset} />}
      <Answer query={scans}>
        {(known) =>
          known.length === 0 ? (
            <Notice title={texts.none} hint={texts.noneHint} />
          ) : (
            <ul className={classes.rows}>
              {known.map((scan) => (
                <Past key={scan.id} scan={scan} library={names.get(scan.library) ?? texts.library(scan.library)} />
              ))}
            </ul>
          )
        }
      </Answer>
    </div>
  )
}

function Past({ scan, library }: { scan: Scan; library: string }) {
  const told = COUNTS.filter((name) => scan[name] > 0)
  return (
    <li className={`${classes.row} ${own.scan}`}>
      <div className={classes.what}>
        <span>
          <strong>{library}</strong> {scan.folder}
        </span>
        <span className={classes.soft}>{describeTime(scan)}</span>
        {scan.error && <span className={classes.fault}>{scan.error}</span>}
        {scan.faults.length > 0 && (
          <details className={own.faults}>
            <summary>{texts.faults(scan.faults.length)}</summary>
            <ul>
              {scan.faults.map((fault) => (
                <li key={fault}>{fault}</li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <ul className={own.counts}>
        {told.map((name) => (
          <li key={name} data-of={name}>
            <strong>{count(scan[name])}</strong> {texts.counts[name]}
          </li>
        ))}
      </ul>
      <span className={own.state} data-state={scan.state}>
        {texts.state[scan.state]}
      </span>
      {isScanning(scan) && <ScanBar scan={scan} />}
    </li>
  )
}

function describeTime({ requested_at, started_at, finished_at }: Scan): string {
  const from = seconds(started_at ?? requested_at)
  const took = started_at && finished_at ? texts.took(lasted(seconds(finished_at) - from)) : null
  return [date(from), ago(from), took].filter(Boolean).join(' · ')
}
