namespace Errand.Tests.Throttling;

/// <summary>A machine that has as much of everything as a test says.</summary>
internal sealed class FakeReadings : IResourceReadings
{
    public double? Load { get; set; } = 0;

    public long? Memory { get; set; } = long.MaxValue;

    public Dictionary<string, long?> Disks { get; } = [];

    public Exception? Failure { get; set; }

    public int Readings { get; private set; }

    public double? LoadPerCore() => Read(Load);

    public long? FreeMemoryBytes() => Read(Memory);

    public long? FreeDiskBytes(string folder) => Read(Disks.GetValueOrDefault(folder, long.MaxValue));

    private T Read<T>(T value)
    {
        Readings++;
        return Failure is null ? value : throw Failure;
    }
}
