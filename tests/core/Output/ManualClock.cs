namespace Errand.Tests.Output;

/// <summary>A clock that stands still unless a test moves it.</summary>
internal sealed class ManualClock : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch.AddYears(60);

    public override DateTimeOffset GetUtcNow() => Now;

    public void Advance(int milliseconds) => Now = Now.AddMilliseconds(milliseconds);
}
