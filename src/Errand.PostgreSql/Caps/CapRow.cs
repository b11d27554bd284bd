using Npgsql;

namespace Errand.PostgreSql;

/// <summary>A cap whose row this transaction has locked, so that nobody else counts in it meanwhile.</summary>
internal sealed class CapRow(string name)
{
    public const string Columns = "name, max_running, max_queued, rate_count, rate_period, rate_burst, free_at, running, queued";

    public string Name => name;

    public CapSize Size { get; set; } = CapSize.Unlimited;

    public int Running { get; set; }

    public int Queued { get; set; }

    /// <summary>Whether somebody stands in its line.</summary>
    public bool IsWaitedFor { get; set; }

    /// <summary>From when on its rate lets the next one start.</summary>
    public DateTimeOffset FreeAt { get; private set; }

    /// <summary>Whether one more would have to stand behind others.</summary>
    public bool IsCrowded => !HasRoom || IsWaitedFor;

    private bool HasRoom => Size.Running is not { } most || Running < most;

    /// <summary>Reads the <see cref="Columns"/>.</summary>
    public static CapRow Read(NpgsqlDataReader row) => new(JobRow.Text(row, 0)!)
    {
        Size = new()
        {
            Running = Integer(row, 1),
            Queued = Integer(row, 2),
            Rate = Integer(row, 3) is { } count ? new(count, TimeSpan.FromTicks(row.GetInt64(4))) { Burst = row.GetInt32(5) } : null,
        },
        FreeAt = new(row.GetInt64(6), TimeSpan.Zero),
        Running = row.GetInt32(7),
        Queued = row.GetInt32(8),
    };

    public CapUse ToUse(int waiting) => new(new(name, Size), Running, Queued, waiting, Size.Rate is null ? null : FreeAt);

    public bool Lets(DateTimeOffset now) => HasRoom && (Size.Rate is null || FreeAt <= now);

    /// <summary>One of those that wait starts.</summary>
    public void CountStart(DateTimeOffset now)
    {
        Queued--;
        Running++;
        if (Size.Rate is { } rate) FreeAt = rate.NextAfter(FreeAt, now);
    }

    /// <summary>Counts a job that comes in.</summary>
    public void CountAdded(JobPhase phase)
    {
        if (phase == JobPhase.Queued) Queued++;
        else if (JobPhases.Held.Has(phase)) Running++;
    }

    private static int? Integer(NpgsqlDataReader row, int at) => row.IsDBNull(at) ? null : row.GetInt32(at);
}
