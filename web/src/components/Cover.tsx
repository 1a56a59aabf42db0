import { type ReactNode, useState } from 'react'

import { coverAddress, isReadable } from '../api/pages'
import type { FileEntry, Format } from '../api/shapes'
import classes from './Cover.module.css'
import { Mark } from './Mark'

const WIDTH = 320 // of those that the API makes: one serves cards and details, and is made once

/** A comic's cover in a frame that never changes its shape; without one, the frame says the format. */
export function Cover({ file, alt = '' }: { file: FileEntry; alt?: string }) {
  const address = coverAddress(file, WIDTH)
  return (
    <CoverFrame format={file.format}>
      {isReadable(file) && <Picture key={address} address={address} alt={alt} />}
    </CoverFrame>
  )
}

/** The frame alone, for what has no cover or none yet. */
export function CoverFrame({ format, children }: { format: Format | null; children?: ReactNode }) {
  return (
    <span className={classes.frame}>
      <span className={classes.blank} data-format={format ?? undefined} aria-hidden="true">
        <Mark size={40} />
        {format}
      </span>
      {children}
    </span>
  )
}

/** A picture that fills its frame once it is there, and leaves it blank if it never is. */
export function Picture({ address, alt }: { address: string; alt: string }) {
  const [state, setState] = useState<'awaited' | 'shown' | 'failed'>('awaited')
  if (state === 'failed') return null
  return (
    <img
      className={classes.picture}
      data-state={state}
      src={address}
      alt={alt}
      loading="lazy"
      decoding="async"
      onLoad={() => setState('shown')}
      onError={() => setState('failed')}
    />
  )
}
