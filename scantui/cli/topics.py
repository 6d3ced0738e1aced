"""The longer texts of `scantui help`: the screen, the curves, the library."""

from __future__ import annotations

SCREEN = """\
The oldest scan is at the top, the newest at the bottom, and the cursor follows
the newest. If you move the cursor away, open a pane or sort by another column,
the view is held: rows change in place, the message line counts new scans
(`▼ 12 new (G)`), and G follows again. p pauses: the screen stands still, and
nothing is lost.

Columns are as wide as what they show, and a wider terminal never shows less.
A value that all scans share (proposal, session, collection, user) stands in
the header instead of in each row. Scans that run and are not in view stand
above the table. PROGRESS compares the points of the longest stream with the
planned number: 61% 1:12 left. Of a scan that ended early it shows how far it
came, which stream is behind, and the last comment: 6/21, pico1 3 behind; of a
sequence 5/7 scans, 1 FAIL, 2:51 left. Ages and durations follow the server's
clock. NOT SAVED marks a scan whose data go to no file; the header shows MEM 91%
when the server's memory is nearly full. Rows of scans that are GONE stay, the
newest 1000 of them, until x clears them.

: goes to a scan by its number (42; the same again goes to the next older one),
to a dataset (@sample_3) or to a scan's key. r and ! add a term to the filter
that is typed, and take it out again. / searches the server too when you press
Enter; Esc restores the previous filter, Up and Down recall earlier ones.

A Redis with more scans than its search returns at once (1 000 000 unless
MAXSEARCHRESULTS is changed) shows the newest, and the header counts the older
ones, which / and search find. If many people watch one beamline, point their
monitors at a replica of its Redis that has the same modules.

In the order of time a rule parts the datasets: it bears the name of one, how
many scans it has and how many of them failed. o switches the rules off, or
dataset_rules = false in the configuration, and the column DATASET comes back.

A sequence is one line with the worst state of its scans, and so are five or
more equal scans in a row: . unfolds the line, comma all lines, and O shows one
line per scan. A folded line of filtered rows stands for those that match.
Another order, or a filter that hides sequences of which it shows scans, shows
one line per scan too; the header then says flat.

a arms alerts: the next problem, a silence, the rules of the configuration. The
header counts them, and the bell rings as the rule says. ; writes a verdict or a
note on this scan or the marked ones; o shows the column NOTE, and problems with
a verdict are done for e. d compares two marked scans, and c there draws both. I
shows what happened: counts, activity, problems and pauses; w there writes the
report. If no key was pressed for a quarter of an hour, or the monitor did not
run, the message line shows what happened meanwhile. LAG 2.1s in the header is a
slow terminal.

C opens a form and creates a test scan; with points it is prepared, started,
filled, stopped and closed, and if you quit, it is closed. D fills the form from
the scan under the cursor. X deletes only scans that scantui has created.

With --mouse, column headers sort, hints obey and the wheel scrolls; Shift keeps
the terminal's own selection. Copies go through the terminal; in tmux they need
`set -s set-clipboard on`. --read-only disables keys that write.

scantui remembers columns, sort order, time format, theme, counters, saved
filters and the filter history in the XDG state directory. It logs its own
errors to scantui.log there (two files of at most 1 MiB, mode 600, no
passwords); L shows the log, and every command takes --log-level. After an
internal error the monitor stays and names the error. If it cannot go on, it
restores the terminal, closes running test scans or names them, and prints where
the log is. scantui sends nothing anywhere. Control sequences in text from Redis
are removed; a replacement character stands for characters that terminals
display differently (skin tones, flags, vowel signs of Indic scripts).

b lists the configured servers; space marks several, whose scans then stand in
one table, in the order of the servers' clocks, with the column SERVER. So do
-s id11 -s id15, -s all and the groups of the configuration. The header has a
light for each server, or counts them (28 LIVE 1 RETRY 1 DOWN). Rows of one that
does not answer stay, dimmed, with ○ behind its name. What you do with a scan is
done on its server, and C creates on that of the scan under the cursor, without
one on the first that takes test scans. A filter chooses with server=id11. A
clock that is more than a second wrong is corrected; the header and b show by
how much. Of a master and its replica each scan is listed once, as that of the
first.

If the server cannot be reached, the password is wrong or the database holds no
blissdata, the screen shows what is wrong and how to fix it, and scantui keeps
retrying.
"""

CURVES = """\
c shows what the scan under the cursor measures while it runs: curves of up to
five counters, a map of a mesh, the last spectrum, or the values of a ct. While
the table follows the newest scan, so do the curves.

After Tab, n goes to the next counter and o chooses counters (scantui remembers
them); x changes the x axis; l, d and r show the logarithm, the derivative and
one scale; the arrows and . inspect points; m keeps a curve behind the next
scans; y, Y and w copy a position, a command for BLISS and the points. The
legend gives the peak, its centre of mass, its centre and its width as BLISS
computes them. Long histories are sampled (`1 in 417 points`), and entries that
are too large are not read. The details list all counters with their values, and
the column CURVE (o in the table) shows running scans in a few cells.

Redis keeps the points of a scan for some days. Later, curves and details, plot,
values and peak read them from the scan's HDF5 file, if this computer can reach
it and scantui has the extra for it: pip install 'scantui[hdf5]'. Only files of
closed scans are opened, without locks and for a moment, so that BLISS can write
to the same file. A recording holds no points, so a replay has no curves.
"""

LIBRARY = """\
  from scantui.store import DataStore
  from scantui.exceptions import NoScanAvailable

  with DataStore("redis://localhost:6379") as store:
      timestamp, keys = store.search_existing_scans(session="demo")
      for scan in store.load_scans(keys):
          print(scan)
      try:
          timestamp, key = store.get_next_scan(since=timestamp, timeout=10)
      except NoScanAvailable:
          print("no scan for 10 seconds")

AsyncDataStore has the same methods, as coroutines:

  async with AsyncDataStore.open("redis://localhost:6379") as store:
      scan = await store.create_scan(
          {"name": "my_scan", "number": 1, "data_policy": "None"}
      )

Points of data streams, which numpy takes over without a copy:

  import numpy
  from scantui.beacon import redis_url  # asks Beacon, by default BEACON_HOST

  with DataStore(redis_url("id11")) as store:
      key = store.get_last_scan().key
      scan = store.wait_for_state(key, 2, timeout=10)  # 2: started
      points = store.read_points(scan, "p201:diode", start=0, stop=100)
      print(points.start, points.shape, points.dtype)
      print(numpy.asarray(points).mean())
      for points in store.follow_points(scan, ["axis:samx", "p201:diode"]):
          print(points.name, points.start, points.tolist())

follow_points ends with the scan. Values are flat, in C order and native byte
order; shape is the shape of one point. A slice beyond the end returns what is
there. start is higher than asked if the first points were trimmed, and lost
counts them. If one of several followed streams cannot be read, its error comes
in place of points, once; the stream of a StreamError names it.
get_frame_status(scan, name) counts the frames of a detector (lima, lima2,
mosca) and names their files; append_json writes to a JSON stream.
get_last_scan_timetag() returns where to begin with get_next_scan(since=...); 0
is the beginning of the history.
scan.identity.extra has the fields that other facilities add to the identity.

DataStore(url, init_db=True) prepares an empty Redis that has the JSON and
search modules, as blissdata does. A write is sent once. If its answer is lost,
the store checks whether it was made: ConnectionFailed means that it was not,
OutcomeUnknown that this cannot be determined. Every error is a
scantui.exceptions.ScanTuiError. help(DataStore) describes all methods.

The fields name, number, data_policy, session, proposal, collection, dataset and
path of a filter are the keyword arguments of search_existing_scans, where
number=between(40, 60) is a range. scantui itself evaluates state, is, title,
user, parent, npoints, age, duration, since, before, and beamline and facility,
which some facilities add.
"""
