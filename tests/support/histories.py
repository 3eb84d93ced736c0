"""A history as it is taken in, of twelve runs, the first three of them failed."""

HISTORY = "run,sop,revision,subject,location,step,outcome,reason,value,actor,device_at\n" + "".join(
    f"r{n},pack,v1,{n},,scan,{'failed' if n < 3 else 'done'},,,paul,2025-07-{n + 1:02}T12:00:00Z\n"
    for n in range(12)
)
