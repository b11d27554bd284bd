namespace Errand.ClientsFixture;

/// <summary>Where the fixture and the tests leave signs for one another.</summary>
internal sealed record Folder(string Path)
{
    /// <summary>Leaves a sign, with a line for each time.</summary>
    public void Leave(string sign) => File.AppendAllText(System.IO.Path.Combine(Path, sign), $"{Environment.ProcessId}\n");

    /// <summary>Waits for a sign.</summary>
    public async Task WaitForAsync(string sign, CancellationToken cancellationToken)
    {
        while (!File.Exists(System.IO.Path.Combine(Path, sign))) await Task.Delay(10, cancellationToken);
    }
}
