import type { MouseEvent } from 'react'

import { useMay } from '../roles'
import classes from './Tick.module.css'

interface Props {
  label: string
  state: boolean | 'some'
  text?: string // beside it, where there is room
  onClick: (event: MouseEvent) => void // the click says whether Shift is held, a change does not
}

/** A checkbox of the browser's own, for long lists: what is around it counts as the box. It is for editors. */
export function Tick({ label, state, text, onClick }: Props) {
  if (!useMay('editor')) return null
  return (
    <label className={classes.tick} data-worded={Boolean(text)} onClick={(event) => event.stopPropagation()}>
      <input
        ref={(box) => {
          if (box) box.indeterminate = state === 'some'
        }}
        type="checkbox"
        aria-label={label}
        checked={state === true}
        onChange={() => undefined} // React asks for it; onClick does it
        onClick={onClick}
      />
      {text}
    </label>
  )
}
