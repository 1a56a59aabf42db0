import { Button } from '@mantine/core'

import { isScanning, useFiles, useScan } from '../../api/queries'
import { useStartScan } from '../../api/scans'
import type { FileEntry } from '../../api/shapes'
import { useStatistics } from '../../api/statistics'
import { messages } from '../../messages'
import { DEFAULTS } from '../../view'
import { Answer } from '../Answer'
import { ask } from '../batches/asking'
import { Notice } from '../Notice'
import { OpenButton } from '../OpenButton'
import { Pager } from '../Pager'
import type { PlaceProps } from '../Place'
import { ProblemAlert } from '../ProblemAlert'
import { Shares } from '../Shares'
import classes from './places.module.css'

const texts = messages.broken

/** Comics that could not be read: why, how many for each reason, and what can be done. */
export default function BrokenPlace({ view, show }: PlaceProps) {
  const scanning = isScanning(useScan().data)
  const { page, per_page } = view
  const files = useFiles({ ...DEFAULTS, fault: true, page, per_page }, scanning)
  const statistics = useStatistics()
  const scan = useStartScan()
  return (
    <div className={classes.stack}>
      <Answer query={files}>
        {(list) =>
          list.total_files === 0 ? (
            <Notice title={texts.none} hint={texts.noneHint} />
          ) : (
            <>
              <p className={classes.hint}>{texts.hint}</p>
              {statistics.data && <Shares title={texts.reasons} shares={statistics.data.faults} />}
              <div className={classes.line}>
                <strong>{messages.counts.faulty(list.total_files)}</strong>
                <Button
                  size="xs"
                  variant="default"
                  loading={scan.isPending}
                  disabled={scanning}
                  onClick={() => scan.mutate({ again: true })}
                >
                  {texts.allAgain}
                </Button>
              </div>
              {scan.error && <ProblemAlert error={scan.error} onRetry={scan.reset} />}
              <ul className={classes.rows}>
                {list.files.map((file) => (
                  <Broken key={file.id} file={file} show={show} />
                ))}
              </ul>
              <Pager view={view} show={show} list={list} />
            </>
          )
        }
      </Answer>
    </div>
  )
}

function Broken({ file, show }: { file: FileEntry } & Pick<PlaceProps, 'show'>) {
  const scan = useStartScan()
  const again = () => scan.mutate({ library: file.library, folder: file.relative_path, again: true })
  return (
    <li className={classes.row}>
      <div className={classes.what}>
        <OpenButton file={file} show={show} />
        <span className={classes.fault}>{file.fault}</span>
        <span className={classes.soft}>{file.relative_path}</span>
        {scan.error && <ProblemAlert error={scan.error} onRetry={again} />}
      </div>
      <div className={classes.buttons}>
        {scan.data ? (
          <span className={classes.soft} role="status">
            {texts.asked}
          </span>
        ) : (
          <Button
            size="xs"
            variant="default"
            aria-label={texts.named(texts.again, file.name)}
            loading={scan.isPending}
            onClick={again}
          >
            {texts.again}
          </Button>
        )}
        <Button
          size="xs"
          variant="outline"
          color="red"
          aria-label={texts.named(texts.remove, file.name)}
          onClick={() => ask({ about: 'delete', selection: { ids: new Set([file.id]) } })}
        >
          {texts.remove}
        </Button>
      </div>
    </li>
  )
}
