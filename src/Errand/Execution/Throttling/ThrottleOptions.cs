namespace Errand;

/// <summary>
/// When no more jobs are started because the machine is short of something. What runs goes on, and so do calls in their callers' patience;
/// queued jobs stay in line until there is enough again.
/// </summary>
public sealed class ThrottleOptions
{
    /// <summary>
    /// Above which load no job is started: the processes that want to run, as an average of the last minute, for each core of the machine.
    /// Looked at where the system tells it, which is Linux. Default: absent, any load will do.
    /// </summary>
    public double? MaxLoad { get; set; }

    /// <summary>Below how much available memory, of the machine or of the container, no job is started. Default: absent, any will do.</summary>
    public long? MinFreeMemoryBytes { get; set; }

    /// <summary>
    /// Below how much free space on the disks of <see cref="Folders"/> no job is started; absent, any will do. Default: 256 MiB.
    /// </summary>
    public long? MinFreeDiskBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// The folders whose disks are looked at. A registration that keeps something in a folder, as <c>UseOutputFolder</c> does, adds its own.
    /// </summary>
    public ISet<string> Folders { get; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>
    /// How much better than its limit a reading must be before jobs are started again, as a share of the limit, so that a reading that
    /// wavers around its limit does not make starts waver. Default: 0.1, a tenth.
    /// </summary>
    public double Margin { get; set; } = 0.1;

    internal IEnumerable<string> Problems()
    {
        if (MaxLoad is { } load && !(load > 0 && double.IsFinite(load)))
            yield return $"Throttle.MaxLoad is {load}; it must be positive, such as 4, or absent for no limit.";
        if (MinFreeMemoryBytes is <= 0)
            yield return $"Throttle.MinFreeMemoryBytes is {MinFreeMemoryBytes}; it must be positive, such as 536870912, or absent for no limit.";
        if (MinFreeDiskBytes is <= 0)
            yield return $"Throttle.MinFreeDiskBytes is {MinFreeDiskBytes}; it must be positive, such as 268435456, or absent for no limit.";
        if (!(Margin is >= 0 and < 1)) yield return $"Throttle.Margin is {Margin}; it must be at least 0 and less than 1, such as 0.1.";
    }
}
