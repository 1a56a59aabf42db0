import type { ReactNode } from 'react'

import classes from './Empty.module.css'
import { Mark } from './Mark'

interface Props {
  title: string
  hint: string
  children?: ReactNode
}

/** Where there is nothing: what that means, and what to do about it. */
export function Notice({ title, hint, children }: Props) {
  return (
    <div className={classes.empty}>
      <Mark size={64} />
      <div role="status">
        <h3>{title}</h3>
        <p>{hint}</p>
      </div>
      {children}
    </div>
  )
}
