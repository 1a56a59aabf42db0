import { IconCornerLeftUp, IconFolder, IconFolderOff, IconFolderSymlink } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useRef } from 'react'

import { useLevel } from '../api/folders'
import { Problem } from '../api/request'
import type { Level, PlaceOnDisk } from '../api/shapes'
import { messages } from '../messages'
import classes from './FolderPicker.module.css'

const texts = messages.picker

interface Props {
  id: string
  path: string // as it is typed: behind its last slash is what the folder's name begins with
  onChoose: (path: string) => void
}

/** The folders of a folder of the server, to be looked through by mouse, finger or arrow keys. */
export function FolderPicker({ id, path, onChoose }: Props) {
  const end = path.lastIndexOf('/') + 1
  const level = useLevel(path.slice(0, end) || '/')
  const list = useRef<HTMLUListElement>(null)
  const goes = useRef(false) // the focus goes along into another folder
  const here = level.data?.path
  useEffect(() => {
    if (goes.current) list.current?.querySelector('button')?.focus()
    goes.current = false
  }, [here])
  const enter = (folder: string) => {
    goes.current = true
    onChoose(folder.endsWith('/') ? folder : `${folder}/`)
  }
  if (level.error) {
    return (
      <p id={id} className={classes.told} role="status">
        {level.error instanceof Problem ? level.error.detail : level.error.message}
      </p>
    )
  }
  if (!level.data) return null
  const { parent, places } = level.data
  const begun = path.slice(end).toLowerCase()
  const fitting = places.filter(({ name }) => name.toLowerCase().startsWith(begun))
  return (
    <div id={id} className={classes.picker}>
      <ul ref={list} aria-label={texts.label} onKeyDown={(event) => walk(event, parent, enter)}>
        {parent !== null && (
          <li>
            <button type="button" onClick={() => enter(parent)}>
              <IconCornerLeftUp size={18} stroke={1.6} />
              <span className={classes.name}>{texts.up(parent)}</span>
            </button>
          </li>
        )}
        {fitting.map((place) => (
          <li key={place.path}>
            <Row place={place} onEnter={() => enter(place.path)} />
          </li>
        ))}
      </ul>
      <p className={classes.told} role="status">
        {tell(level.data, path.slice(end), fitting.length)}
      </p>
    </div>
  )
}

function Row({ place, onEnter }: { place: PlaceOnDisk; onEnter: () => void }) {
  const { name, leads_to, comics, fault } = place
  const Symbol = fault ? IconFolderOff : leads_to ? IconFolderSymlink : IconFolder
  const about = fault ?? (comics ? messages.counts.all(comics) : '')
  return (
    <button type="button" data-path={place.path} aria-disabled={fault !== null} onClick={() => fault || onEnter()}>
      <Symbol size={18} stroke={1.6} />
      <span className={classes.name}>
        {name}
        {leads_to && <span className={classes.soft}> {texts.leadsTo(leads_to)}</span>}
      </span>
      {about && <span className={fault ? classes.fault : classes.soft}>{about}</span>}
    </button>
  )
}

function tell({ path, comics, is_all }: Level, begun: string, fitting: number): string {
  if (begun && fitting === 0) return texts.none(begun, path)
  const part = is_all ? '' : ` ${texts.part}`
  return (comics > 0 ? texts.comics(comics, path) : texts.noComics(path)) + part
}

/** Arrows lead from folder to folder, into one and out of it again. */
function walk(event: KeyboardEvent<HTMLUListElement>, parent: string | null, enter: (path: string) => void): void {
  const rows = [...event.currentTarget.querySelectorAll('button')]
  const at = rows.findIndex((row) => row === document.activeElement)
  const row = rows[at]
  const actions: Record<string, () => void> = {
    ArrowDown: () => rows[at + 1]?.focus(),
    ArrowUp: () => rows[at - 1]?.focus(),
    ArrowRight: () => row?.dataset.path && row.click(),
    ArrowLeft: () => parent !== null && enter(parent),
  }
  const action = actions[event.key]
  if (!action) return
  event.preventDefault()
  action()
}
