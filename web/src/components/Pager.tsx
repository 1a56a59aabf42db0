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
  const turn = (to: number) => show({ page: Math.min(Math.max(to, 1), pages) })
  const step = { page, pages, onTurn: turn }
  const { pager } = messages
  return (
    <nav className={classes.pager} aria-label={pager.label}>
      <Range list={list} />
      <div className={classes.steps}>
        <Step {...step} to={1} label={pager.first} icon={IconChevronLeftPipe} />
        <Step {...step} to={page - 1} label={pager.previous} icon={IconChevronLeft} />
        <PageNumber {...step} key={page} />
        <Step {...step} to={page + 1} label={pager.next} icon={IconChevronRight} />
        <Step {...step} to={pages} label={pager.last} icon={IconChevronRightPipe} />
      </div>
      <label className={classes.perPage}>
        <span>{pager.perPage}</span>
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

function Range({ list: { files, page, per_page, total_files, total_is_exact } }: Pick<Props, 'list'>) {
  const first = (page - 1) * per_page + 1
  const all = messages.list.all(total_files, total_is_exact)
  return (
    <p className={classes.range} role="status">
      {messages.list.range(first, first + files.length - 1, all)}
    </p>
  )
}

interface Turning {
  page: number
  pages: number
  onTurn: (to: number) => void
}

interface StepProps extends Turning {
  to: number
  label: string
  icon: TablerIcon
}

function Step({ page, pages, onTurn, to, label, icon: Icon }: StepProps) {
  return (
    <ActionIcon
      variant="default"
      size="md"
      aria-label={label}
      title={label}
      disabled={to === page || to < 1 || to > pages}
      onClick={() => onTurn(to)}
    >
      <Icon size={17} stroke={1.8} />
    </ActionIcon>
  )
}

/** The page's number, to be typed over; Enter goes there. */
function PageNumber({ page, pages, onTurn }: Turning) {
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
