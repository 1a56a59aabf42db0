import { ActionIcon } from '@mantine/core'
import { IconBookmark, IconColumns3, IconFilter, IconKeyboard, type Icon } from '@tabler/icons-react'

import { messages } from '../messages'
import type { View } from '../view'
import type { Dialogue } from './ListDialog'
import classes from './ListTools.module.css'

interface Props {
  view: View
  filters: boolean // whether there are more of them to see
  onFilters: () => void
  onAsk: (about: Dialogue) => void
}

/** The ways to more filters, saved views, columns and keys. */
export function ListTools({ view, filters, onFilters, onAsk }: Props) {
  return (
    <div className={classes.tools}>
      <Tool
        icon={IconFilter}
        label={messages.facets.more}
        aria-expanded={filters}
        aria-controls="facets"
        onClick={onFilters}
      />
      <Tool icon={IconBookmark} label={messages.views.title} onClick={() => onAsk('views')} />
      {view.look === 'table' && (
        <Tool
          icon={IconColumns3}
          className={classes.columns ?? ''}
          label={messages.columns.title}
          onClick={() => onAsk('columns')}
        />
      )}
      <Tool
        icon={IconKeyboard}
        className={classes.keys ?? ''}
        label={messages.keys.title}
        aria-keyshortcuts="?"
        onClick={() => onAsk('keys')}
      />
    </div>
  )
}

interface ToolProps {
  icon: Icon
  label: string
  className?: string
  onClick: () => void
  'aria-expanded'?: boolean
  'aria-controls'?: string
  'aria-keyshortcuts'?: string
}

function Tool({ icon: Symbol, label, ...rest }: ToolProps) {
  return (
    <ActionIcon variant="default" size="input-sm" aria-label={label} title={label} {...rest}>
      <Symbol size={18} stroke={1.8} />
    </ActionIcon>
  )
}
