import { messages } from '../messages'
import type { Show } from '../useView'
import type { View } from '../view'
import classes from './FilterButton.module.css'

interface Props {
  wanted: Partial<View>
  text: string
  show: Show
}

/** A value of a comic; a click shows what else has it. */
export function FilterButton({ wanted, text, show }: Props) {
  return (
    <button
      type="button"
      className={classes.value}
      data-inline="" // as in touch.css
      title={messages.filter.by(text)}
      onClick={() => show(wanted)}
    >
      {text}
    </button>
  )
}
