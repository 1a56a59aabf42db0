import { ActionIcon, NativeSelect, TextInput } from '@mantine/core'
import {
  IconChevronLeft,
  IconChevronLeftPipe,
  IconChevronRight,
  IconChevronRightPipe,
  type TablerIcon,
} from '@tabler/icons-react'

import type { FilePage } from '../api/shapes'
import { messages } from '../messages'
import type { Show } from '../useView'
import { PER_PAGE, type View } from '../view'
import classes from './Pager.module.css'

interface Props {
  view: View
  show: Show
  list: FilePage
}

export function Pager({ view, show, list }: Props) {
  const { page, total_pages: pages } = list
  const turn = (to: number) => {
    show({ page: Math.min(Math.max(to, 1), pages) })
    scrollTo({ top: 0 })
  }
  return (
    <nav className={classes.pager} aria-label={messages.pager.label}>
      <Range list={list} />
      <div className={classes.steps}>
        <Step label={messages.pager.first} icon={IconChevronLeftPipe} disabled={page <= 1} onClick={() => turn(1)} />
        <Step label={messages.pager.previous} icon={IconChevronLeft} disabled={page <= 1} onClick={() => turn(page - 1)} />
        <PageNumber key={page} page={page} pages={pages} onTurn={turn} />
        <Step label={messages.pager.next} icon={IconChevronRight} disabled={page >= pages} onClick={() => turn(page + 1)} />
        <Step label={messages.pager.last} icon={IconChevronRightPipe} disabled={page >= pages} onClick={() => turn(pages)} />
      </div>
      <label className={classes.perPage}>
        <span>{messages.pager.perPage}</span>
        <NativeSelect
          size="xs"
          value={view.per_page}
          data={PER_PAGE.map(String)}
          onChange={({ currentTarget: { value } }) =>
            show({ per_page: PER_PAGE.find((known) => String(known) === value) ?? 100 })
          }
        />
      </label>
    </nav>
  )
}

function Range({ list: { files, page, per_page, total_files } }: Pick<Props, 'list'>) {
  const first = (page - 1) * per_page + 1
  return (
    <p className={classes.range} role="status">
      {messages.list.range(first, first + files.length - 1, total_files)}
    </p>
  )
}

interface StepProps {
  label: string
  icon: TablerIcon
  disabled: boolean
  onClick: () => void
}

function Step({ label, icon: Icon, disabled, onClick }: StepProps) {
  return (
    <ActionIcon variant="default" size="md" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      <Icon size={17} stroke={1.8} />
    </ActionIcon>
  )
}

/** The page's number, to be typed over; Enter goes there. */
function PageNumber({ page, pages, onTurn }: { page: number; pages: number; onTurn: (page: number) => void }) {
  const submit = (form: FormData) => {
    const to = Number.parseInt(String(form.get('page')), 10)
    if (to > 0) onTurn(to)
  }
  return (
    <form className={classes.number} action={submit}>
      <TextInput
        name="page"
        size="xs"
        inputMode="numeric"
        autoComplete="off"
        aria-label={messages.pager.page}
        defaultValue={page}
        onFocus={(event) => event.currentTarget.select()}
      />
      <span>{messages.pager.of(pages)}</span>
    </form>
  )
}
