namespace Errand.Sqlite;

/// <summary>A cap, and how far it is used, as the transaction that is open has it.</summary>
internal sealed class CapState(string name)
{
    public string Name => name;

    public CapSize Size { get; set; } = CapSize.Unlimited;

    public int Running { get; set; }

    public int Queued { get; set; }

    /// <summary>How many stand in its line.</summary>
    public int Waiting { get; set; }

    /// <summary>From when on its rate lets the next one start.</summary>
    public DateTimeOffset FreeAt { get; set; }

    /// <summary>Whether it is in the file.</summary>
    public bool IsStored { get; set; }

    /// <summary>Whether the file has it otherwise.</summary>
    public bool IsChanged { get; set; }

    public bool HasRoom => HasRoomFor(Size);

    /// <summary>How many more it lets run.</summary>
    public int Room => Size.Running is { } most ? most - Running : int.MaxValue;

    /// <summary>Whether somebody stands in its line whom it may let start, now or when its rate does.</summary>
    public bool IsOpen => Waiting > 0 && HasRoom;

    /// <summary>Whether nothing is lost if it is forgotten.</summary>
    public bool IsIdle => Running == 0 && Queued == 0 && Size.Rate is null;

    public CapUse Use => new(new(Name, Size), Running, Queued, Waiting, Size.Rate is null ? null : FreeAt);

    public bool Lets(DateTimeOffset now) => HasRoom && (Size.Rate is null || FreeAt <= now);

    /// <summary>Whether one more job, which comes with a size, would have to stand behind others.</summary>
    public bool IsCrowded(CapSize size) => Waiting > 0 || !HasRoomFor(size);

    public void CountStart(DateTimeOffset now)
    {
        if (Size.Rate is not { } rate) return;
        FreeAt = rate.NextAfter(FreeAt, now);
        IsChanged = true;
    }

    /// <summary>Counts a job that comes into a phase, or leaves it.</summary>
    public void Count(JobPhase phase, int change)
    {
        if (phase == JobPhase.Queued) Queued += change;
        else if (JobPhases.Held.Has(phase)) Running += change;
        IsChanged = true;
    }

    public void CountWaiting(int change)
    {
        Waiting += change;
        IsChanged = true;
    }

    private bool HasRoomFor(CapSize size) => size.Running is not { } most || Running < most;
}
