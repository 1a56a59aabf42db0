import { Button } from '@mantine/core'
import { useState } from 'react'

import { isScanning, useLibraries, useScan } from '../../api/queries'
import { useStartScan } from '../../api/scans'
import type { Library } from '../../api/shapes'
import { count, date, seconds } from '../../human'
import { messages } from '../../messages'
import { type Fact, Facts } from '../Facts'
import { LibraryForm } from '../LibraryForm'
import { LibraryRemoval } from '../LibraryRemoval'
import { ProblemAlert } from '../ProblemAlert'
import classes from './LibrariesPlace.module.css'

const texts = messages.libraries

/** Every library: how it is kept, and the ways to add, edit and remove one. */
export default function LibrariesPlace() {
  const libraries = useLibraries(isScanning(useScan().data))
  const [adding, add] = useState(false)
  return (
    <div className={classes.libraries}>
      {libraries.data?.map((library) => (
        <Kept key={library.id} library={library} />
      ))}
      {adding ? (
        <LibraryForm library={null} onClose={() => add(false)} />
      ) : (
        <Button className={classes.add} variant="default" onClick={() => add(true)}>
          {texts.add}
        </Button>
      )}
    </div>
  )
}

function Kept({ library }: { library: Library }) {
  const [doing, set] = useState<'edit' | 'remove' | null>(null)
  const scan = useStartScan()
  const done = () => set(null)
  return (
    <section className={classes.library} aria-label={library.name}>
      <h3 className={classes.name}>{library.name}</h3>
      <p className={classes.root}>{library.root}</p>
      {doing === null && (
        <>
          <Facts facts={listFacts(library)} />
          <div className={classes.buttons}>
            <Button
              size="xs"
              variant="default"
              aria-label={messages.scans.one(library.name)}
              loading={scan.isPending}
              onClick={() => scan.mutate({ library: library.id })}
            >
              {messages.scans.oneShort}
            </Button>
            <Button
              size="xs"
              variant="default"
              aria-label={texts.edit(library.name)}
              onClick={() => set('edit')}
            >
              {texts.editShort}
            </Button>
            <Button
              size="xs"
              variant="default"
              aria-label={texts.remove(library.name)}
              onClick={() => set('remove')}
            >
              {texts.removeShort}
            </Button>
          </div>
          {scan.error && <ProblemAlert error={scan.error} onRetry={scan.reset} />}
        </>
      )}
      {doing === 'edit' && <LibraryForm library={library} onClose={done} />}
      {doing === 'remove' && <LibraryRemoval library={library} onClose={done} />}
    </section>
  )
}

function listFacts(library: Library): Fact[] {
  const missing = library.missing > 0 ? texts.missing(library.missing) : undefined
  return [
    [texts.comics, count(library.files), missing],
    [texts.schedule, describeSchedule(library.schedule)],
    [texts.next, describeNext(library.next_scan_at)],
    [texts.watching, library.watching === 'off' ? undefined : library.watching],
    [texts.excludes, library.excludes.join('\n')],
    [texts.readOnly, library.read_only ? texts.isReadOnly : undefined],
  ]
}

function describeSchedule(schedule: string | null): string {
  if (schedule === null) return texts.everyLibrary
  return schedule === 'never' ? texts.never : schedule
}

function describeNext(moment: string | null): string | undefined {
  if (moment === null) return undefined
  const due = seconds(moment)
  return due * 1000 > Date.now() ? date(due) : texts.waits
}
