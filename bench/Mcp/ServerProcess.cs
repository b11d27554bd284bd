using System.Diagnostics;

namespace Errand.Bench.Mcp;

/// <summary>This program in another role, with a folder of its own.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("errand-bench-").FullName;

    public ServerProcess(string role)
    {
        Process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [role, _folder])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
    }

    public Process Process { get; }

    /// <summary>How much of the processors it has used.</summary>
    public TimeSpan Cpu
    {
        get
        {
            Process.Refresh();
            return Process.TotalProcessorTime;
        }
    }

    public void Dispose()
    {
        if (!Process.HasExited) Process.Kill();
        Process.WaitForExit();
        Process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
