import { Button } from '@mantine/core'

import { isScanning, useFiles, useScan } from '../../api/queries'
import { useStartScan } from '../../api/scans'
import type { FilePage } from '../../api/shapes'
import { useStatistics } from '../../api/statistics'
import { explain } from '../../mending'
import { messages } from '../../messages'
import type { Show } from '../../useView'
import { DEFAULTS } from '../../view'
import { Answer } from '../Answer'
import { ActionBar } from '../batches/ActionBar'
import { BrokenGroups } from '../BrokenGroups'
import { BrokenRows } from '../BrokenRows'
import { For } from '../For'
import library from '../Library.module.css'
import { Notice } from '../Notice'
import { Pager } from '../Pager'
import type { PlaceProps } from '../Place'
import { ProblemAlert } from '../ProblemAlert'
import classes from './places.module.css'

const texts = messages.broken

/** Comics that could not be read: why, how many for each reason, and what can be done. */
export default function BrokenPlace({ view, show }: PlaceProps) {
  const scanning = isScanning(useScan().data)
  const { reason, page, per_page } = view
  const shown = { ...DEFAULTS, fault: true, reason, page, per_page }
  const files = useFiles(shown, scanning)
  const groups = useStatistics().data?.faults
  return (
    <div className={classes.stack}>
      <Answer query={files}>
        {(list) =>
          list.total_files === 0 && reason === null ? (
            <Notice title={texts.none} hint={texts.noneHint} />
          ) : (
            <>
              <p className={classes.hint}>{texts.hint}</p>
              {groups && <BrokenGroups groups={groups} reason={reason} show={show} />}
              <Head list={list} reason={reason} show={show} scanning={scanning} />
              <BrokenRows files={list.files} show={show} />
              <div className={library.foot}>
                <ActionBar view={shown} total={list.total_files} />
                <Pager view={view} show={show} list={list} />
              </div>
            </>
          )
        }
      </Answer>
    </div>
  )
}

interface HeadProps {
  list: FilePage
  reason: string | null
  show: Show
  scanning: boolean
}

/** How many are shown below, and what can be done about all of them. */
function Head({ list, reason, show, scanning }: HeadProps) {
  const scan = useStartScan()
  return (
    <div className={classes.line}>
      <strong role="status">
        {messages.counts.faulty(list.total_files)}
        {reason && ` · ${explain(reason).what}`}
      </strong>
      {reason && (
        <Button size="xs" variant="default" onClick={() => show({ reason: null })}>
          {messages.history.all}
        </Button>
      )}
      <For role="editor">
        <Button
          size="xs"
          variant="default"
          loading={scan.isPending}
          disabled={scanning}
          onClick={() => scan.mutate({ again: true })}
        >
          {texts.allAgain}
        </Button>
      </For>
      {scan.error && <ProblemAlert error={scan.error} onRetry={scan.reset} />}
    </div>
  )
}
