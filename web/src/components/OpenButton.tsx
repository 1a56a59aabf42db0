import type { Show } from '../useView'
import classes from './OpenButton.module.css'

interface Props {
  file: { id: number; name: string }
  show: Show
}

/** A comic's name, which opens its details. */
export function OpenButton({ file, show }: Props) {
  return (
    <button type="button" className={classes.name} onClick={() => show({ file: file.id })}>
      {file.name}
    </button>
  )
}
