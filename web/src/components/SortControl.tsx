import { ActionIcon, NativeSelect } from '@mantine/core'
import { IconSortAscending, IconSortDescending } from '@tabler/icons-react'

import { messages } from '../messages'
import type { Show } from '../useView'
import { SORTS, type View } from '../view'
import classes from './SortControl.module.css'

/** The order of the list, where there are no column headings to click. */
export function SortControl({ view, show }: { view: View; show: Show }) {
  const Icon = view.direction === 'asc' ? IconSortAscending : IconSortDescending
  return (
    <div className={classes.sort} data-look={view.look}>
      <NativeSelect
        aria-label={messages.sort.label}
        value={view.sort}
        data={SORTS.map((sort) => ({ value: sort, label: messages.sort[sort] }))}
        onChange={({ currentTarget: { value } }) =>
          show({ sort: SORTS.find((sort) => sort === value) ?? 'name' })
        }
      />
      <ActionIcon
        variant="default"
        size="input-sm"
        aria-label={messages.sort[view.direction]}
        onClick={() => show({ direction: view.direction === 'asc' ? 'desc' : 'asc' })}
      >
        <Icon size={18} stroke={1.8} />
      </ActionIcon>
    </div>
  )
}
