namespace Errand;

/// <summary>The slots of a runner. Queued jobs need one; promoted and answered ones take one even when there is none left.</summary>
internal sealed class Admission(int slots, Action slotFreed)
{
    private int _taken;

    public int Taken => Volatile.Read(ref _taken);

    public int Free => Math.Max(0, slots - Taken);

    /// <summary>Takes up to so many free slots.</summary>
    /// <returns>How many were taken.</returns>
    public int TryTake(int wanted)
    {
        while (true)
        {
            int taken = Taken;
            int count = Math.Min(wanted, slots - taken);
            if (count <= 0) return 0;
            if (Interlocked.CompareExchange(ref _taken, taken + count, taken) == taken) return count;
        }
    }

    /// <summary>Takes a slot, over the limit if need be.</summary>
    public void Take() => Interlocked.Increment(ref _taken);

    /// <summary>A job has left its slot: another may come.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _taken) < slots) slotFreed();
    }

    /// <summary>Puts back slots for which no job was found; nobody needs to be told.</summary>
    public void PutBack(int count) => Interlocked.Add(ref _taken, -count);
}
