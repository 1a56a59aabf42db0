import { Button, Drawer } from '@mantine/core'
import { useState } from 'react'

import type { Library } from '../api/shapes'
import { count, date, seconds } from '../human'
import { messages } from '../messages'
import classes from './Details.module.css'
import { type Fact, Facts } from './Facts'
import own from './Libraries.module.css'
import { LibraryForm } from './LibraryForm'
import { LibraryRemoval } from './LibraryRemoval'

const texts = messages.libraries

interface Props {
  opened: boolean
  onClose: () => void
  libraries: Library[]
}

/** Every library: how it is kept, and the ways to add, edit and remove one. */
export function Libraries({ opened, onClose, libraries }: Props) {
  const [adding, add] = useState(false)
  return (
    <Drawer.Root
      opened={opened}
      onClose={onClose}
      position="right"
      size="32rem"
      lockScroll={false} // as in Details
    >
      <Drawer.Overlay backgroundOpacity={0.35} />
      <Drawer.Content classNames={{ content: classes.drawer ?? '' }}>
        <div className={classes.header}>
          <Drawer.Title className={classes.title}>{texts.title}</Drawer.Title>
          <Drawer.CloseButton aria-label={texts.close} />
        </div>
        <Drawer.Body className={classes.body}>
          {libraries.map((library) => (
            <Kept key={library.id} library={library} />
          ))}
          {adding ? (
            <LibraryForm library={null} onClose={() => add(false)} />
          ) : (
            <Button className={own.add} variant="default" onClick={() => add(true)}>
              {texts.add}
            </Button>
          )}
        </Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  )
}

function Kept({ library }: { library: Library }) {
  const [doing, set] = useState<'edit' | 'remove' | null>(null)
  const done = () => set(null)
  return (
    <section className={own.library} aria-label={library.name}>
      <h3 className={own.name}>{library.name}</h3>
      <p className={own.root}>{library.root}</p>
      {doing === null && (
        <>
          <Facts facts={listFacts(library)} />
          <div className={own.buttons}>
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
