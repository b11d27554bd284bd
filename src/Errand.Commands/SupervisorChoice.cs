namespace Errand.Commands;

/// <summary>What stands between the server and each command.</summary>
public enum SupervisorChoice
{
    /// <summary>The native one where it is part of the build and runs here, else the shell's.</summary>
    Auto,

    /// <summary>The native one; where there is none the start fails.</summary>
    Native,

    /// <summary>A script for /bin/sh, which does the same less exactly.</summary>
    Shell,
}
